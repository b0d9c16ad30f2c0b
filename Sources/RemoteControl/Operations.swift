// SPDX-License-Identifier: MIT

// What each route does, in words for the description of the API at `/api/openapi.json`. The names of schemas are those
// of APISchemas.swift. Firmware keeps none of this: nothing there asks for it.

import DeviceServer
import HTTPCore

extension Operation {
  private static var part: Parameter { .path("part", "The name of a part", .named("PartName")) }
  private static var unknownPart: Answer { .fail(.notFound, "There is no part of that name") }
  private static var state: Answer { .json(.ok, "The state of the device", .named("Hello")) }
  private static var onePart: Answer { .json(.ok, "The part as it is now", .named("Part")) }
  private static var fault: Answer { .fail(.serviceUnavailable, "The part does not work at present") }
  private static var malformed: Answer {
    .fail(.badRequest, "The body is malformed, a value is out of range, or this kind of part does not have it")
  }

  static var getState: Operation {
    Operation("The device and all its parts, as a client of the web socket is greeted", answers: [state])
  }

  static var getPart: Operation {
    Operation("One part", parameters: [part], answers: [onePart, unknownPart])
  }

  static var putPart: Operation {
    Operation(
      "Gives a part values; those that are left out stay as they are", parameters: [part],
      request: [.json(.named("Settings"))], answers: [onePart, malformed, unknownPart, fault])
  }

  static var postVerb: Operation {
    Operation(
      "Has a part do something: toggles a switch or light, or works a button",
      parameters: [part, .path("verb", "What it is to do", .named("Verb"))],
      answers: [
        onePart, Answer(.seeOther, "Back to the page, after a form"),
        .fail(.badRequest, "This kind of part does not do that"),
        .fail(.forbidden, "The button can be worked on the device only, or the request is from another site"),
        .fail(.notFound, "There is no part of that name, or nothing can be asked in that way"), fault,
      ])
  }

  static var putLed: Operation {
    Operation(
      "Gives the part `led` values, if there is one", request: [.json(.named("Settings"))],
      answers: [state, malformed, unknownPart, fault])
  }

  static var postLedToggle: Operation {
    Operation(
      "Toggles the part `led`, if there is one",
      answers: [
        state, Answer(.seeOther, "Back to the page, after a form"), .fail(.badRequest, "It cannot be toggled"),
        unknownPart, fault,
      ])
  }

  static var getHistory: Operation {
    Operation(
      "What a sensor has shown, at even distances", parameters: [part],
      answers: [
        .json(.ok, "The samples, newest last", .named("History")),
        .fail(.notFound, "There is no sensor of that name"),
      ])
  }

  static var getEvents: Operation {
    Operation(
      "The messages of the web socket as server-sent events: the whole state, then what changes",
      answers: [
        Answer(.ok, "Each event's data is one message", [Content("text/event-stream", .string)]),
        .fail(.serviceUnavailable, "There are too many streams already"),
      ])
  }

  static var getDescription: Operation {
    Operation("This description", answers: [.json(.ok, "OpenAPI 3.1", .json("{\"type\":\"object\"}"))])
  }
}
