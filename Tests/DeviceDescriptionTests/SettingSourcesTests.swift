// SPDX-License-Identifier: MIT

// An option is stronger than a variable, and that is stronger than the file; a wrong value says where it came from.

import DeviceDescription
import Testing

@Suite struct SettingSourcesTests {
  private func settings(
    options: [String: [String]] = [:], environment: [String: String] = [:], file: String = ""
  ) throws -> SettingSources {
    let text = file + "\nparts: {lamp: {switch: GPIO26}}\n"
    return SettingSources(options: options, environment: environment, file: try description(text).settings)
  }

  private func mistake(_ body: () throws -> Any?) -> String? {
    do {
      _ = try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test func anOptionIsStrongerThanAVariableAndThatThanTheFile() throws {
    let file = "port: 1\nlog_level: debug"
    let environment = ["HELIOGRAPH_PORT": "2", "HELIOGRAPH_LOG_LEVEL": "trace", "PORT": "9"]
    #expect(try settings(file: file).integer("port") == 1)
    #expect(try settings(environment: environment, file: file).integer("port") == 2)
    #expect(try settings(options: ["port": ["3"]], environment: environment, file: file).integer("port") == 3)
    #expect(try settings(environment: environment, file: file).text("log_level") == "trace")
    #expect(try settings(environment: ["PORT": "9"]).integer("port") == nil)
  }

  @Test func everySettingHasItsVariable() throws {
    for setting in KnownSetting.all {
      let value: String = switch setting.form {
      case .text, .texts, .hostNames: "x"
      case .truth: "true"
      case .integer(let range): "\(range.upperBound)"
      case .word(let words): words[0]
      }
      let settings = try settings(environment: [setting.variable: value])
      let isList = setting.form.isList
      let read = isList ? try settings.texts(setting.path) : try settings.text(setting.path).map { [$0] }
      #expect(read == [value], "\(setting.variable)")
      #expect(settings.origin(of: setting) == setting.variable)
    }
  }

  @Test func aMistakeThatTheProgramFindsHasItsPlaceInTheFile() throws {
    let file = "name: Lamp\norigins:\n  - https://a.example\n  - b.example\nframe_from: [\"https://[::1]\"]\npath_prefix: x"
    let given = try settings(file: file)
    let mistake = given.mistake("origins", "b.example", "it has no scheme")
    #expect(mistake.line(in: "f.yaml") == #"f.yaml:4:5: origins: "b.example": it has no scheme"#)
    #expect(given.mistake("frame_from", "https://[::1]", "no").position == TextPosition(line: 5, column: 14))
    #expect(given.mistake("path_prefix", "x", "no").line(in: "f.yaml") == #"f.yaml:6:14: path_prefix: "x": no"#)
    #expect(given.mistake("origins", "65 values", "too many").position == TextPosition(line: 3, column: 3))
    let option = try settings(options: ["origins": ["b.example"]], file: file).mistake("origins", "b.example", "no")
    #expect(option == SettingMistake(description: #"--origin: "b.example": no"#) && option.line(in: "f.yaml") == nil)
    let variable = try settings(environment: ["HELIOGRAPH_ORIGINS": "b.example"], file: file)
    #expect(variable.mistake("origins", "b.example", "no").description == #"HELIOGRAPH_ORIGINS: "b.example": no"#)
  }

  @Test func aListComesFromEveryPlace() throws {
    let file = "host_names: [a.local, b.local]"
    #expect(try settings(file: file).texts("host_names") == ["a.local", "b.local"])
    #expect(try settings(file: "host_names: a.local").texts("host_names") == ["a.local"])
    #expect(try settings(environment: ["HELIOGRAPH_HOST_NAMES": "c.local,d.local"], file: file).texts("host_names")
      == ["c.local", "d.local"])
    #expect(try settings(options: ["host_names": ["e.local"]], file: file).texts("host_names") == ["e.local"])
  }

  @Test func aListsOptionIsNamedAsItIsGiven() throws {
    let options = Dictionary(uniqueKeysWithValues: KnownSetting.all.map { ($0.path, $0.option) })
    #expect(options["host_names"] == "--host-name")
    #expect(options["trusted_proxies"] == "--trusted-proxy")
    #expect(options["origins"] == "--origin")
    #expect(options["max_clients"] == "--max-clients")
  }

  @Test func truthIsReadAndAbsenceIsNil() throws {
    #expect(try settings(file: "deflate: true").truth("deflate") == true)
    #expect(try settings(options: ["deflate": ["false"]], file: "deflate: true").truth("deflate") == false)
    #expect(try settings().truth("deflate") == nil)
    #expect(try settings().texts("host_names") == nil)
  }

  @Test(arguments: [
    ("HELIOGRAPH_PORT", "x", "port", #"HELIOGRAPH_PORT: "x" is not a whole number; "port" is between 0 and 65535"#),
    ("HELIOGRAPH_PORT", "-1", "port", #"HELIOGRAPH_PORT: "port" is -1; it must be between 0 and 65535"#),
    ("HELIOGRAPH_LOG_LEVEL", "warn", "log_level",
      #"HELIOGRAPH_LOG_LEVEL: "warn" is not a value of "log_level"; did you mean "warning"?"#),
    ("HELIOGRAPH_BOARD", "", "board", #"HELIOGRAPH_BOARD: "board" needs a text; found an empty one"#),
  ])
  func aWrongVariableSaysItsName(_ variable: String, _ value: String, _ path: String, _ words: String) throws {
    let settings = try settings(environment: [variable: value])
    #expect(mistake { try settings.text(path) } == words)
  }

  @Test func aWrongOptionSaysItsName() throws {
    let settings = try settings(options: ["max_clients": ["0"]], environment: ["HELIOGRAPH_MAX_CLIENTS": "7"])
    let words = #"--max-clients: "max_clients" is 0; it must be between 1 and 10000"#
    #expect(mistake { try settings.integer("max_clients") } == words)
  }

  @Test func aMistypedVariableIsFound() {
    let environment = ["HELIOGRAPH_PROT": "1", "HELIOGRAPH_PORT": "1", "HELIOGRAPH_XYZZY": "1", "PROT": "1"]
    #expect(
      SettingSources.unknownVariables(in: environment) == [
        "the variable HELIOGRAPH_PROT is not a setting; did you mean HELIOGRAPH_PORT?",
        "the variable HELIOGRAPH_XYZZY is not a setting",
      ])
  }

  @Test func whatMeansNothingToACommandIsTakenOutAndNamed() {
    let environment = ["HELIOGRAPH_MQTT_ID": "a", "HELIOGRAPH_PORT": "1", "HELIOGRAPH_INTERFACE": "eth0", "HOME": "/"]
    let taken = SettingSources.taking(["mqtt.id", "interface", "board"], outOf: environment, for: "a gateway")
    #expect(taken.environment == ["HELIOGRAPH_PORT": "1", "HOME": "/"])
    #expect(
      taken.lines == [
        "the variable HELIOGRAPH_INTERFACE means nothing to a gateway",
        "the variable HELIOGRAPH_MQTT_ID means nothing to a gateway",
      ])
  }

  @Test func aSettingOfAnotherModuleMayStandInAMapping() throws {
    let known = KnownSetting.all + [KnownSetting("mqtt.host", .text), KnownSetting("mqtt.port", .integer(1...65_535))]
    func read(_ text: String) throws(DescriptionMistakes) -> DeviceDescription {
      try DeviceDescription(Array(text.utf8), file: "f.yaml", knownSettings: known)
    }
    let file = try read("mqtt: {host: broker.local, port: 1883}\nparts: {lamp: {switch: 26}}\n").settings
    let settings = SettingSources(
      options: [:], environment: ["HELIOGRAPH_MQTT_PORT": "8883"], file: file, known: known)
    #expect(try settings.text("mqtt.host") == "broker.local")
    #expect(try settings.integer("mqtt.port") == 8883)
    do {
      _ = try read("mqtt: {hots: broker.local}\nparts: {lamp: {switch: 26}}\n")
      Issue.record("it was read")
    } catch { #expect(error.description == #"f.yaml:1:8: unknown setting "mqtt.hots"; did you mean "host"?"#) }
  }
}
