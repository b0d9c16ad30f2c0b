// SPDX-License-Identifier: MIT

// The shapes of what the API takes and gives, as JSON Schema (2020-12) for the description at `/api/openapi.json`. They
// say what ServerMessages, PartValues and the kinds of parts write; a test holds real answers against them.

#if !hasFeature(Embedded)
  import Bytes
  import Parts

  enum APISchemas {
    /// Appends the `components` of a device's description.
    static func append(_ device: borrowing Device, to text: inout [UInt8]) {
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        json.name("schemas")
        json.beginObject()
        writePartName(device, &json)
        writeVerb(&json)
        for (name, schema) in fixed {
          json.name(name)
          json.value(json: schema.span)
        }
        json.endObject()
        json.endObject()
      }
    }

    /// The names of all parts.
    private static func writePartName(_ device: borrowing Device, _ json: inout JSONWriter) {
      json.name("PartName")
      json.beginObject()
      json.member("type", "string")
      if !device.parts.isEmpty {
        json.name("enum")
        json.beginArray()
        for part in device.parts { json.value(part.name.span) }
        json.endArray()
      }
      json.endObject()
    }

    private static func writeVerb(_ json: inout JSONWriter) {
      json.name("Verb")
      json.beginObject()
      json.member("type", "string")
      json.name("enum")
      json.beginArray()
      for verb in Verb.allCases where verb.simpleCommand != nil { json.value(verb.name) }
      json.endArray()
      json.endObject()
    }

    private static var fixed: [(name: StaticString, schema: StaticString)] {
      [
        ("PartValues", partValues), ("Color", color), ("Switch", `switch`), ("Light", light), ("Button", button),
        ("Contact", contact), ("Sensor", sensor), ("Number", number), ("AnyPart", anyPart), ("Part", part),
        ("Hello", hello), ("History", history),
      ]
    }

    private static var partValues: StaticString {
      """
      {"type":"object","anyOf":[{"required":["on"]},{"required":["brightness"]},{"required":["color"]},\
      {"required":["value"]}],"properties":{"on":{"type":"boolean"},\
      "brightness":{"type":"integer","minimum":1,"maximum":255},"color":{"$ref":"#/components/schemas/Color"},\
      "value":{"type":"number"}},"examples":[{"on":true}]}
      """
    }

    private static var color: StaticString {
      """
      {"type":"array","items":{"type":"integer","minimum":0,"maximum":255},"minItems":3,"maxItems":4}
      """
    }

    private static var `switch`: StaticString {
      """
      {"type":"object","required":["kind","label","on"],"properties":{"kind":{"const":"switch"},\
      "on":{"type":"boolean"},"wanted":{"type":"boolean"},"left":{"type":"integer","minimum":0},\
      "off_after":{"type":"integer","minimum":0},"interlock":{"type":"array","items":{"type":"string"}}}}
      """
    }

    private static var light: StaticString {
      """
      {"type":"object","required":["kind","label","channels","on","brightness"],\
      "properties":{"kind":{"const":"light"},"channels":{"enum":[1,3,4]},"on":{"type":"boolean"},\
      "brightness":{"type":"integer","minimum":1,"maximum":255},"color":{"$ref":"#/components/schemas/Color"},\
      "left":{"type":"integer","minimum":0},"off_after":{"type":"integer","minimum":0}}}
      """
    }

    private static var button: StaticString {
      """
      {"type":"object","required":["kind","label","pressed","presses"],"properties":{"kind":{"const":"button"},\
      "remote":{"type":"boolean"},"pressed":{"type":"boolean"},"presses":{"type":"integer","minimum":0},\
      "gesture":{"enum":["press","release","click","double","long","repeat"]}}}
      """
    }

    private static var contact: StaticString {
      """
      {"type":"object","required":["kind","label","on"],"properties":{"kind":{"const":"contact"},\
      "on":{"type":"boolean"},"device_class":{"type":"string"}}}
      """
    }

    private static var sensor: StaticString {
      """
      {"type":"object","required":["kind","label","value"],"properties":{"kind":{"const":"sensor"},\
      "value":{"type":["number","null"]},"unit":{"type":"string"},"device_class":{"type":"string"}}}
      """
    }

    private static var number: StaticString {
      """
      {"type":"object","required":["kind","label","min","max","step","value"],\
      "properties":{"kind":{"const":"number"},"min":{"type":"number"},"max":{"type":"number"},\
      "step":{"type":"number","exclusiveMinimum":0},"value":{"type":"number"},"unit":{"type":"string"}}}
      """
    }

    /// A part of one of the kinds, with what all kinds have.
    private static var anyPart: StaticString {
      """
      {"oneOf":[{"$ref":"#/components/schemas/Switch"},{"$ref":"#/components/schemas/Light"},\
      {"$ref":"#/components/schemas/Button"},{"$ref":"#/components/schemas/Contact"},\
      {"$ref":"#/components/schemas/Sensor"},{"$ref":"#/components/schemas/Number"}],\
      "properties":{"label":{"type":"string"},"group":{"type":"string"},"by":{"type":"string"},\
      "fault":{"type":"string"},"access":{"const":"admin"}}}
      """
    }

    private static var part: StaticString {
      """
      {"allOf":[{"$ref":"#/components/schemas/AnyPart"},{"type":"object","required":["name","rev"],\
      "properties":{"name":{"$ref":"#/components/schemas/PartName"},\
      "rev":{"type":"integer","minimum":1,"maximum":9007199254740991}}}]}
      """
    }

    private static var hello: StaticString {
      """
      {"type":"object","required":["type","proto","boot","rev","clients","name","board","version","uptime","parts"],\
      "properties":{"type":{"const":"hello"},"proto":{"const":2},\
      "boot":{"type":"string","pattern":"^[0-9a-f]{8}$"},\
      "rev":{"type":"integer","minimum":1,"maximum":9007199254740991},"status":{"enum":["on","off"]},\
      "clients":{"type":"integer","minimum":0},"name":{"type":"string"},"board":{"type":"string"},\
      "version":{"type":"string"},"uptime":{"type":"integer","minimum":0},\
      "dropped_edges":{"type":"integer","minimum":1},"full":{"type":"boolean"},\
      "mqtt":{"type":"object","required":["connected"],\
      "properties":{"connected":{"type":"boolean"},"error":{"type":"string"}}},\
      "user":{"type":"string"},"role":{"enum":["none","view","control","admin"]},\
      "parts":{"type":"object","propertyNames":{"$ref":"#/components/schemas/PartName"},\
      "additionalProperties":{"$ref":"#/components/schemas/AnyPart"}}}}
      """
    }

    private static var history: StaticString {
      """
      {"type":"object","required":["part","every","values"],\
      "properties":{"part":{"$ref":"#/components/schemas/PartName"},"every":{"type":"integer","minimum":1},\
      "values":{"type":"array","items":{"type":"array","minItems":2,"maxItems":2,\
      "prefixItems":[{"type":"integer","minimum":0},{"type":["number","null"]}]}}}}
      """
    }
  }
#endif
