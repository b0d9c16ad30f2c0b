// SPDX-License-Identifier: MIT

// What a route does, in words for an OpenAPI description (OpenAPI 3.1.1, section 4.8.10). It is given beside the
// handler, in the call that adds the route; Router+OpenAPI.swift writes it down. Under Embedded Swift nothing keeps it.

public import HTTPCore

/// The description of one route.
public struct Operation: Sendable {
  /// The shape of a value, in JSON Schema.
  public enum Schema: Sendable {
    /// The one of that name under `components/schemas`.
    case named(StaticString)
    /// A schema as JSON text.
    case json(StaticString)

    /// A string of any kind.
    public static let string = Schema.json("{\"type\":\"string\"}")
    /// What `Response.fail` answers with.
    public static let error = Schema.json(
      "{\"type\":\"object\",\"required\":[\"error\"],\"properties\":{\"error\":{\"type\":\"string\"}}}")
  }

  /// A body of one media type.
  public struct Content: Sendable {
    let mediaType: StaticString
    let schema: Schema

    /// A body of the type `mediaType`.
    public init(_ mediaType: StaticString, _ schema: Schema) {
      self.mediaType = mediaType
      self.schema = schema
    }

    /// A body in JSON.
    public static func json(_ schema: Schema) -> Content { Content(MediaType.json, schema) }
    /// A form as a browser sends it.
    public static func form(_ schema: Schema) -> Content { Content("application/x-www-form-urlencoded", schema) }
  }

  /// A part of the request beside its body.
  public struct Parameter: Sendable {
    enum Place: Sendable { case path, query, field }

    let place: Place
    let name: StaticString
    let summary: StaticString
    let schema: Schema
    let isRequired: Bool

    /// What `:name` in the route's pattern stands for. A name of the pattern without one is described as any string.
    public static func path(_ name: StaticString, _ summary: StaticString, _ schema: Schema = .string) -> Parameter {
      Parameter(place: .path, name: name, summary: summary, schema: schema, isRequired: true)
    }

    /// A value in the query.
    public static func query(
      _ name: StaticString, _ summary: StaticString, _ schema: Schema = .string, isRequired: Bool = false
    ) -> Parameter {
      Parameter(place: .query, name: name, summary: summary, schema: schema, isRequired: isRequired)
    }

    /// A field of the request's head.
    public static func field(
      _ name: StaticString, _ summary: StaticString, _ schema: Schema = .string, isRequired: Bool = false
    ) -> Parameter {
      Parameter(place: .field, name: name, summary: summary, schema: schema, isRequired: isRequired)
    }
  }

  /// A response that the handler may give.
  public struct Answer: Sendable {
    let status: HTTPStatus
    let summary: StaticString
    let content: [Content]

    /// A response with a body in one of several media types; with none it has no body.
    public init(_ status: HTTPStatus, _ summary: StaticString, _ content: [Content] = []) {
      self.status = status
      self.summary = summary
      self.content = content
    }

    /// A response in JSON.
    public static func json(_ status: HTTPStatus, _ summary: StaticString, _ schema: Schema) -> Answer {
      Answer(status, summary, [.json(schema)])
    }

    /// An error as `Response.fail` gives it.
    public static func fail(_ status: HTTPStatus, _ summary: StaticString) -> Answer {
      .json(status, summary, .error)
    }
  }

  let summary: StaticString
  let parameters: [Parameter]
  let request: [Content]
  let needsBody: Bool
  let answers: [Answer]

  /// A route for the description.
  ///
  /// - Parameters:
  ///   - summary: what it does, in one line.
  ///   - parameters: what a request may say in its path, its query and its fields.
  ///   - request: the bodies that it takes.
  ///   - needsBody: whether there must be one of these.
  ///   - answers: the handler's own; what the server refuses by itself (403, 413 and the like) is added to each.
  public init(
    _ summary: StaticString, parameters: [Parameter] = [], request: [Content] = [], needsBody: Bool = true,
    answers: [Answer]
  ) {
    self.summary = summary
    self.parameters = parameters
    self.request = request
    self.needsBody = needsBody
    self.answers = answers
  }
}
