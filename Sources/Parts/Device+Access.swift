// SPDX-License-Identifier: MIT

// Which parts are for administrators only. A button counts as what its gestures do: one that opens a garage door is not
// for those whom the door is not for.

extension Device {
  /// Whether only administrators may use the part of this number, or something that it acts on; false if there is no
  /// such part.
  public func isForAdmins(_ index: Int) -> Bool {
    guard parts.indices.contains(index) else { return false }
    if parts[index].isForAdmins { return true }
    for response in parts[index].actions {
      guard let target = response.target else {  // all switches and lights
        for part in parts where part.isForAdmins { return true }
        continue
      }
      if parts.indices.contains(target), parts[target].isForAdmins { return true }
    }
    return false
  }
}
