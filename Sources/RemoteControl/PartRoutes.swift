// SPDX-License-Identifier: MIT

// The HTTP API for scripts: the state, and one path for each part. A command to a part goes the same way as a message
// of the WebSocket.

import Bytes
import DeviceServer
import HTTPCore
import Parts

enum PartRoutes {
  /// `GET /api/state`: the same as the WebSocket's hello message.
  static func getState(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    context.device.now = request.now
    response.sendJSON { ServerMessages.appendHello(context, for: request.principal, to: &$0) }
  }

  /// `GET /api/parts/lamp`
  static func getPart(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    context.device.now = request.now
    guard let part = part(of: request, context.device) else { return fail(.unknownPart, &response) }
    response.sendJSON { ServerMessages.appendPart(part, context, to: &$0) }
  }

  /// `PUT /api/parts/desk` with `{"on":true,"brightness":128}`
  static func putPart(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    guard let part = part(of: request, context.device) else { return fail(.unknownPart, &response) }
    if put(part, &context, request, &response) { response.sendJSON { ServerMessages.appendPart(part, context, to: &$0) } }
  }

  /// `POST /api/parts/lamp/toggle`, `POST /api/parts/wall/click`
  static func postVerb(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    guard let part = part(of: request, context.device) else { return fail(.unknownPart, &response) }
    guard let verb = request.parameter("verb"), let command = Verb(verb)?.simpleCommand else {
      return response.fail(.notFound, "Not found")
    }
    guard perform(command, part, &context, request, &response) else { return }
    if isForm(request) { return response.redirect(to: "../../../") }
    response.sendJSON { ServerMessages.appendPart(part, context, to: &$0) }
  }

  // MARK: The tutorial's LED, while there is a part of that name

  /// `PUT /api/led` with `{"on":true}`
  static func putLed(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    guard let led = led(context.device) else { return response.fail(.notFound, "Not found") }
    if put(led, &context, request, &response) { getState(&context, request, &response) }
  }

  /// `POST /api/led/toggle`
  static func postLedToggle(
    _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) {
    guard let led = led(context.device) else { return response.fail(.notFound, "Not found") }
    guard perform(.toggle, led, &context, request, &response) else { return }
    if isForm(request) { response.redirect(to: "../../") } else { getState(&context, request, &response) }
  }

  private static func led(_ device: borrowing Device) -> Int? {
    let name: StaticString = "led"
    return device.index(of: name.span)
  }

  // MARK: What they have in common

  static func part(of request: borrowing Request, _ device: borrowing Device) -> Int? {
    guard let name = request.parameter("part") else { return nil }
    return device.index(of: name)
  }

  private static func isForm(_ request: borrowing Request) -> Bool {
    guard let type = request.head.field("Content-Type") else { return false }
    return type.starts(with: "application/x-www-form-urlencoded")
  }

  /// Gives a part the values in the body; returns false if the answer is an error.
  private static func put(
    _ part: Int, _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
  ) -> Bool {
    do throws(JSONError) {
      let json = try JSONValue(parsing: request.body)
      do throws(CommandError) {
        return perform(.set(try PartValues(json)), part, &context, request, &response)
      } catch {
        fail(error, &response)
      }
    } catch {
      response.fail(.badRequest, MessageError.malformedJSON.words)
    }
    return false
  }

  /// Has a part do something; returns false if the answer is an error.
  private static func perform(
    _ command: Command, _ part: Int, _ context: inout RemoteControlContext, _ request: borrowing Request,
    _ response: inout Response
  ) -> Bool {
    context.device.now = request.now
    #if !WITHOUT_COMMAND_LIMITS
      if let seconds = context.pacer.wait(of: request.remote, now: request.now) {
        response.fail(.tooManyRequests, "too many commands")
        response.head.add("Retry-After", decimal: seconds)
        return false
      }
    #endif
    do throws(CommandError) {
      try context.perform(command, on: part, for: request.principal, now: request.now)
    } catch {
      fail(error, &response)
      return false
    }
    return true
  }

  private static func fail(_ error: CommandError, _ response: inout Response) {
    let status: HTTPStatus =
      switch error {
      case .unknownPart: .notFound
      case .malformedValue, .unsuitableCommand: .badRequest
      case .notRemote, .notAllowed: .forbidden
      case .partFault: .serviceUnavailable
      #if !WITHOUT_COMMAND_LIMITS
        case .overtaken: .conflict  // never: over HTTP nothing is kept
      #endif
      }
    response.fail(status, error.words)
  }
}
