// SPDX-License-Identifier: MIT

// Why there are no certificates, in words for the person who started the program.

public import SystemCalls

/// Why a local certificate could not be made or used; each case has the path. Nothing has been overwritten.
public enum LocalCertificateError: Error, Equatable, CustomStringConvertible {
  /// The file is not what `LocalCertificates` writes.
  case damaged(path: String)
  /// The certificate in the file is of somebody else.
  case foreign(path: String)
  /// A folder, a link, a device or the like is at the path.
  case notAFile(path: String)
  /// The authority's time is over.
  case expired(path: String)
  /// The system refused to read the file.
  case unreadable(path: String, SystemError)
  /// The system refused to write it.
  case unwritable(path: String, SystemError)
  /// The library that makes certificates failed.
  case failed(String)

  /// One line without an end of line, which says what to do.
  public var description: String {
    switch self {
    case .damaged(let path):
      "\(path) is damaged: restore it from a copy, or move it away to have a new one made (if it is the authority's, "
        + "the new one must be trusted anew)"
    case .foreign(let path):
      "\(path) was not made by this program: move it away, or use it with --tls-certificate and --tls-key"
    case .notAFile(let path): "\(path) is not a regular file: move it away"
    case .expired(let path):
      "the certificate authority in \(path) has expired: move the file away to have a new one made, and trust that one"
    case .unreadable(let path, let error): "cannot read \(path): \(error)"
    case .unwritable(let path, let error): "cannot write \(path): \(error)"
    case .failed(let words): "cannot make a certificate: \(words)"
    }
  }
}
