// SPDX-License-Identifier: MIT

// The table of routes as an OpenAPI 3.1 description (OpenAPI Specification 3.1.1, section 4.8). It is written from the
// routes themselves, so it names no route that is not there. Not in Embedded Swift: a device whose flash is counted
// in kilobytes keeps no texts about itself.

#if !hasFeature(Embedded)
  import Bytes
  import HTTPCore

  extension Router where Context: ~Copyable {
    /// Appends the description of all routes that were added with `documented:`, as JSON.
    ///
    /// - Parameters:
    ///   - title: The name of the interface, in UTF-8.
    ///   - version: The version of the description, in UTF-8.
    ///   - server: The URL of the server's root, relative to that of the description: `..` for a description at
    ///     `/api/openapi.json`, so that it holds under any name and behind any prefix. Without it, the root of the host.
    ///   - components: the description's `components` as JSON text, in which `Operation.Schema.named` is found; it is
    ///     copied as it is.
    ///   - text: Where the description is appended.
    public func appendOpenAPI(
      title: Span<UInt8>, version: Span<UInt8>, server: StaticString = "", components: Span<UInt8> = Span(),
      to text: inout [UInt8]
    ) {
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        json.member("openapi", "3.1.1")
        json.name("info")
        json.beginObject()
        json.member("title", title)
        json.member("version", version)
        json.endObject()
        if server.utf8CodeUnitCount > 0 {
          json.name("servers")
          json.beginArray()
          json.beginObject()
          json.member("url", server)
          json.endObject()
          json.endArray()
        }
        json.name("paths")
        json.beginObject()
        for index in routes.indices where isFirstDocumented(index) { writePath(of: index, &json) }
        json.endObject()
        if components.count > 0 {
          json.name("components")
          json.value(json: components)
        }
        json.endObject()
      }
    }

    /// Whether no route before it that is described has the same pattern.
    private func isFirstDocumented(_ index: Int) -> Bool {
      routes[index].operation != nil
        && !routes[..<index].contains { $0.operation != nil && $0.hasPattern(routes[index].pattern) }
    }

    /// The path item of a pattern: one operation for each method, that of the first route with it, which is the one
    /// that answers.
    private func writePath(of first: Int, _ json: inout JSONWriter) {
      let pattern = routes[first].pattern
      var path: [UInt8] = []
      PatternText.appendPath(pattern, to: &path)
      json.name(path.span)
      json.beginObject()
      for method in HTTPMethod.allCases {
        guard let route = routes.first(where: { $0.method == method && $0.hasPattern(pattern) }),
          let operation = route.operation, let name = method.nameInOpenAPI
        else { continue }
        json.name(name)
        operation.write(method: name, pattern: pattern, &json)
      }
      json.endObject()
    }
  }

  extension HTTPMethod {
    /// The method's name in a path item; nil for those that have none.
    fileprivate var nameInOpenAPI: StaticString? {
      switch self {
      case .get: "get"
      case .put: "put"
      case .post: "post"
      case .patch: "patch"
      case .delete: "delete"
      case .options: "options"
      case .trace: "trace"
      case .head, .connect, .other: nil
      }
    }
  }

  /// Patterns as OpenAPI writes them.
  private enum PatternText {
    /// `/a/:b` as `/a/{b}`; a last `*` as `{rest}`.
    static func appendPath(_ pattern: StaticString, to text: inout [UInt8]) {
      forEachSegment(of: pattern) { segment in
        text.append("/")
        guard let name = parameterName(segment) else { return text.append(segment) }
        text.append("{")
        text.append(name)
        text.append("}")
      }
    }

    /// `get_a_b` for GET on `/a/:b`: an operation's name in programs that are made from the description.
    static func appendIdentifier(_ method: StaticString, _ pattern: StaticString, to text: inout [UInt8]) {
      text.append(method)
      forEachSegment(of: pattern) { segment in
        text.append("_")
        var name = segment
        if let parameter = parameterName(segment) { name = parameter }
        for index in name.indices { text.append(name[index].isLetterOrDigit ? name[index] : UInt8(ascii: "_")) }
      }
    }

    static func forEachSegment(of pattern: StaticString, _ body: (Span<UInt8>) -> Void) {
      let pattern = pattern.span
      var start = 1  // after the first slash
      while start <= pattern.count {
        let end = pattern.firstIndex(of: UInt8(ascii: "/"), from: start) ?? pattern.count
        body(pattern.extracting(start..<end))
        start = end + 1
      }
    }

    /// The name of a segment that stands for any; nil for one that stands for itself.
    @_lifetime(copy segment)
    static func parameterName(_ segment: Span<UInt8>) -> Span<UInt8>? {
      if segment.equals("*") {
        let rest: StaticString = "rest"
        return rest.span
      }
      guard segment.count > 1, segment[0] == UInt8(ascii: ":") else { return nil }
      return segment.extracting(1..<segment.count)
    }
  }

  extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
      isASCIIDigit || UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20
    }
  }

  extension Operation {
    fileprivate func write(method: StaticString, pattern: StaticString, _ json: inout JSONWriter) {
      json.beginObject()
      json.member("summary", summary)
      var identifier: [UInt8] = []
      PatternText.appendIdentifier(method, pattern, to: &identifier)
      json.member("operationId", identifier.span)
      json.name("parameters")
      json.beginArray()
      PatternText.forEachSegment(of: pattern) { segment in
        if let name = PatternText.parameterName(segment) { writePathParameter(name, &json) }
      }
      for parameter in parameters where parameter.place != .path {
        parameter.write(name: parameter.name.span, &json)
      }
      json.endArray()
      if !request.isEmpty {
        json.name("requestBody")
        json.beginObject()
        json.member("required", needsBody)
        Content.write(request, &json)
        json.endObject()
      }
      json.name("responses")
      json.beginObject()
      for answer in answers { answer.write(&json) }
      json.name("default")
      Answer.writeBody("The server refuses the request before it comes to this route.", [.json(.error)], &json)
      json.endObject()
      json.endObject()
    }

    private func writePathParameter(_ name: Span<UInt8>, _ json: inout JSONWriter) {
      for parameter in parameters where parameter.place == .path && name.equals(parameter.name) {
        return parameter.write(name: name, &json)
      }
      Parameter.path("", "").write(name: name, &json)
    }
  }

  extension Operation.Parameter {
    fileprivate func write(name: Span<UInt8>, _ json: inout JSONWriter) {
      json.beginObject()
      json.member("name", name)
      switch place {
      case .path: json.member("in", "path")
      case .query: json.member("in", "query")
      case .field: json.member("in", "header")
      }
      if summary.utf8CodeUnitCount > 0 { json.member("description", summary) }
      json.member("required", isRequired)
      json.name("schema")
      schema.write(&json)
      json.endObject()
    }
  }

  extension Operation.Content {
    fileprivate static func write(_ contents: [Operation.Content], _ json: inout JSONWriter) {
      json.name("content")
      json.beginObject()
      for content in contents {
        json.name(content.mediaType)
        json.beginObject()
        json.name("schema")
        content.schema.write(&json)
        json.endObject()
      }
      json.endObject()
    }
  }

  extension Operation.Schema {
    fileprivate func write(_ json: inout JSONWriter) {
      switch self {
      case .json(let text): json.value(json: text.span)
      case .named(let name):
        var reference = [UInt8]("#/components/schemas/")
        reference.append(name)
        json.beginObject()
        json.member("$ref", reference.span)
        json.endObject()
      }
    }
  }

  extension Operation.Answer {
    fileprivate func write(_ json: inout JSONWriter) {
      var code: [UInt8] = []
      code.append(decimal: status.code)
      json.name(code.span)
      Self.writeBody(summary, content, &json)
    }

    fileprivate static func writeBody(
      _ summary: StaticString, _ content: [Operation.Content], _ json: inout JSONWriter
    ) {
      json.beginObject()
      json.member("description", summary)
      if !content.isEmpty { Operation.Content.write(content, &json) }
      json.endObject()
    }
  }
#endif
