// SPDX-License-Identifier: MIT

// The names that are not served: hidden ones, and what editors leave beside the files that they write. Such a file is a
// former or a half version of another one, and can hold what was taken out of that on purpose.
// Sources: the manuals of Emacs ("Backup Names", "Auto Save Files"), Vim (`backup`, `swap-file`), nano (`-B`), gedit,
// Kate, Notepad++ and the JetBrains editors ("safe write").

enum HiddenNames {
  /// Emacs, Vim, nano and gedit leave `NAME~`; Vim `NAME.swp` and then `.swo`, `.swn`, with a dot before them if that
  /// is how it was built or set; Kate, Notepad++ and others `NAME.bak`; JetBrains' editors the last two while they
  /// write.
  private static let endings: [[UInt8]] = ["~", ".swp", ".swo", ".swn", ".bak", "___jb_tmp___", "___jb_old___"].map {
    Array($0.utf8)
  }

  /// Whether a file or folder of that name is left out: one with a leading dot, or an editor's.
  static func contains(_ name: [UInt8]) -> Bool {
    let hash = UInt8(ascii: "#")
    return name.first == UInt8(ascii: ".") || (name.first == hash && name.last == hash)  // #NAME#: Emacs saves itself
      || endings.contains { name.count > $0.count && name.suffix($0.count).elementsEqual($0) }
  }
}
