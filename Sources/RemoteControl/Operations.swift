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
  private static var tooMany: Answer { .fail(.tooManyRequests, "Commands come faster than any person gives them") }
  private static var malformed: Answer {
    .fail(.badRequest, "The body is malformed, a value is out of range, or this kind of part does not have it")
  }

  static var getState: Operation {
    Operation("The full state, the same as the WebSocket's hello message", answers: [state])
  }

  static var getPart: Operation {
    Operation("One part", parameters: [part], answers: [onePart, unknownPart])
  }

  static var putPart: Operation {
    Operation(
      "Sets values of a part; those that are left out stay as they are", parameters: [part],
      request: [.json(.named("PartValues"))], answers: [onePart, malformed, unknownPart, tooMany, fault])
  }

  static var postVerb: Operation {
    Operation(
      "Makes a part do something: toggles a switch or light, or presses a button",
      parameters: [part, .path("verb", "What the part does", .named("Verb"))],
      answers: [
        onePart, Answer(.seeOther, "Back to the page, after a form"),
        .fail(.badRequest, "This kind of part does not do that"),
        .fail(.forbidden, "The button can only be pressed on the device, or the request is from another site"),
        .fail(.notFound, "There is no part of that name, or no such command"), tooMany, fault,
      ])
  }

  static var putLed: Operation {
    Operation(
      "Sets values of the part `led`, if there is one", request: [.json(.named("PartValues"))],
      answers: [state, malformed, unknownPart, tooMany, fault])
  }

  static var postLedToggle: Operation {
    Operation(
      "Toggles the part `led`, if there is one",
      answers: [
        state, Answer(.seeOther, "Back to the page, after a form"), .fail(.badRequest, "It cannot be toggled"),
        unknownPart, tooMany, fault,
      ])
  }

  static var getHistory: Operation {
    Operation(
      "A sensor's history, at regular intervals", parameters: [part],
      answers: [
        .json(.ok, "The samples, newest last", .named("History")),
        .fail(.notFound, "There is no sensor of that name"),
      ])
  }

  static var getEvents: Operation {
    Operation(
      "The messages of the WebSocket as server-sent events: the whole state, then what changes",
      answers: [
        Answer(.ok, "Each event's data is one message", [Content("text/event-stream", .string)]),
        .fail(.serviceUnavailable, "There are too many streams already"),
      ])
  }

  #if !WITHOUT_METRICS
    private static var onlyHere: Answer { .fail(.forbidden, "The request is from elsewhere, and of no administrator") }

    static var getMetrics: Operation {
      Operation(
        "What is counted and measured, for Prometheus; for the machine itself and for administrators",
        answers: [Answer(.ok, "Prometheus' text format", [Content("text/plain", .string)]), onlyHere])
    }

    static var getHealth: Operation {
      Operation(
        "Whether everything works; for the machine itself and for administrators",
        answers: [
          Answer(.ok, "It does", [Content("text/plain", .string)]),
          Answer(.serviceUnavailable, "What does not, a line each", [Content("text/plain", .string)]), onlyHere,
        ])
    }
  #endif

  static var getDescription: Operation {
    Operation("This description", answers: [.json(.ok, "OpenAPI 3.1", .json("{\"type\":\"object\"}"))])
  }
}
