// SPDX-License-Identifier: MIT

// The gateway's page as bytes in the program. The bytes are in the generated files beside this one; their sources are in
// Web/fleet/, and what they import of Web/.

public import RemoteControlPage

/// The gateway's page: its template and its static files.
public enum FleetPage {
  /// The files that are the same for everyone; `index`, the template, is not among them.
  public static var files: [PageFile] { [styleSheet, script] }
}
