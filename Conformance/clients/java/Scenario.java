// SPDX-License-Identifier: MIT

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What every client program does, in Java: see python/scenario.py. Data is a String, a byte array, CLOSE or null. */
class Scenario {
    static final Object CLOSE = new Object();

    final String kind, url, origin, authorization;
    private final String[] sizes;
    private int step, count;

    Scenario(String[] arguments) {
        kind = arguments[0];
        url = arguments[1];
        origin = argument(arguments, 2);
        authorization = argument(arguments, 3);
        sizes = kind.startsWith("echo=") ? kind.substring(5).split(",") : null;
    }

    private static String argument(String[] arguments, int number) {
        return number < arguments.length && !arguments[number].isEmpty() ? arguments[number] : null;
    }

    static void say(Object... words) {
        StringBuilder line = new StringBuilder();
        for (Object word : words) {
            line.append(word).append(' ');
        }
        System.out.println(line.toString().trim().replaceAll("\\s+", " "));
        System.out.flush();
    }

    /** The message of a step: text and bytes of each size in turn. */
    private Object sample() {
        int size = Integer.parseInt(sizes[step / 2]);
        String text = "abcdefghijklmnopqrstuvwxyz".repeat(size / 26 + 1).substring(0, size);
        return step % 2 == 0 ? text : text.getBytes(StandardCharsets.UTF_8);
    }

    Object opened() {
        say("open");
        return sizes == null ? null : sample();
    }

    Object received(Object data) {
        if (sizes != null) {
            Object sent = sample();
            boolean isSame = sent instanceof String ? sent.equals(data)
                : data instanceof byte[] && Arrays.equals((byte[]) sent, (byte[]) data);
            say(isSame ? "echoed" : "garbled", step % 2 == 0 ? "text" : "binary", sizes[step / 2]);
            return ++step == 2 * sizes.length ? CLOSE : sample();
        }
        say("text", data);
        if (!kind.equals("toggle")) {
            return null;
        }
        return ++count == 2 ? CLOSE : "toggle";
    }

    /** The end of the program, with what the library says. */
    void refused(Throwable problem) {
        StringBuilder words = new StringBuilder();
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            words.append(words.length() == 0 ? "" : ", caused by ").append(cause);
        }
        say("refused", words);
        System.exit(0);
    }

    void closed(Object code, Object words) {
        say("closed", code == null ? "-" : code, words == null ? "" : words);
        System.exit(0);
    }
}
