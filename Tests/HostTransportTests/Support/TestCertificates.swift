// SPDX-License-Identifier: MIT

// Two certificates for localhost with their keys, for tests only: everybody has them. Made by
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj /CN=localhost.

enum TestCertificates {
  static let first = (
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBrjCCAVSgAwIBAgIUKImg97JnUVShbRXZE9v89aac8XowCgYIKoZIzj0EAwIw
      FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIyMTEzNloYDzIxMjYxMTA1
      MjIxMTM2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
      PQMBBwNCAAQ3yzsFhLq3XzekyM2lihdORoboIS16Nl0FEhGnYm9fJiXQPgk2hxfz
      iseqj4fnkQWdkD8Le5GFdg4DqeuEIWTQo4GBMH8wHQYDVR0OBBYEFKL+HhoApMGO
      oPuhKVPWH8XV5z+fMB8GA1UdIwQYMBaAFKL+HhoApMGOoPuhKVPWH8XV5z+fMA8G
      A1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAA
      AAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0gAMEUCIHa7csoUvhI4Kevxm2W8HBh/
      kV9wmkHoPxkjKZnPrLfCAiEAvIRLsP46AEv1CHq6cZj2dc/gwz/0mdrUVudeyKiq
      0gs=
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgScWdVanLsgtP8gZx
      qgR+UzVTKIttgcfGwc3/IbF3i9WhRANCAAQ3yzsFhLq3XzekyM2lihdORoboIS16
      Nl0FEhGnYm9fJiXQPgk2hxfziseqj4fnkQWdkD8Le5GFdg4DqeuEIWTQ
      -----END PRIVATE KEY-----
      """
  )

  static let second = (
    certificate: """
      -----BEGIN CERTIFICATE-----
      MIIBrjCCAVSgAwIBAgIUKIlSM4D0CZmbSaGh0NAj5VLOngQwCgYIKoZIzj0EAwIw
      FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIyMTEzNloYDzIxMjYxMTA1
      MjIxMTM2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
      PQMBBwNCAATUxRbHynnBSWG921Ns4ZQqUEA3TomDzCDJqL8MfANVtdU32uRAOUhb
      KWi4gR4uK7BTEott0wEt6f8lHf30UMgGo4GBMH8wHQYDVR0OBBYEFPsfmv6zDamV
      i1AlqXIr6075ToAeMB8GA1UdIwQYMBaAFPsfmv6zDamVi1AlqXIr6075ToAeMA8G
      A1UdEwEB/wQFMAMBAf8wLAYDVR0RBCUwI4IJbG9jYWxob3N0hwR/AAABhxAAAAAA
      AAAAAAAAAAAAAAABMAoGCCqGSM49BAMCA0gAMEUCIGFJXCj5Ug/koqLMrAqqjFak
      Vz4IyR2djG/YaX8FHhnwAiEA4D4KiTCgD9AkptEBMB9gpUHXbylNgXYmEvdS+Ww2
      d+o=
      -----END CERTIFICATE-----
      """,
    key: """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ0KhXrXB2x1VMR3D
      BBMF4Rs75sn6yH/1a5Zh+9WPh66hRANCAATUxRbHynnBSWG921Ns4ZQqUEA3TomD
      zCDJqL8MfANVtdU32uRAOUhbKWi4gR4uK7BTEott0wEt6f8lHf30UMgG
      -----END PRIVATE KEY-----
      """
  )
}
