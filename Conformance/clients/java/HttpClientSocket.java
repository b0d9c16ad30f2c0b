// SPDX-License-Identifier: MIT

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** java.net.http.WebSocket, of the JDK. */
class HttpClientSocket implements WebSocket.Listener {
    private final Scenario scenario;
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    HttpClientSocket(Scenario scenario) {
        this.scenario = scenario;
    }

    private void act(WebSocket socket, Object answer) {
        if (answer == Scenario.CLOSE) {
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        } else if (answer instanceof String) {
            socket.sendText((String) answer, true);
        } else if (answer != null) {
            socket.sendBinary(ByteBuffer.wrap((byte[]) answer), true);
        }
    }

    @Override public void onOpen(WebSocket socket) {
        act(socket, scenario.opened());
        socket.request(Long.MAX_VALUE);
    }

    @Override public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
        text.append(part);
        if (isLast) {
            String whole = text.toString();
            text.setLength(0);
            act(socket, scenario.received(whole));
        }
        return null;
    }

    @Override public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean isLast) {
        byte[] copy = new byte[part.remaining()];
        part.get(copy);
        bytes.writeBytes(copy);
        if (isLast) {
            byte[] whole = bytes.toByteArray();
            bytes.reset();
            act(socket, scenario.received(whole));
        }
        return null;
    }

    @Override public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        scenario.closed(code, reason);
        return null;
    }

    @Override public void onError(WebSocket socket, Throwable problem) {
        scenario.closed(null, problem);
    }

    public static void main(String[] arguments) throws InterruptedException {
        Scenario scenario = new Scenario(arguments);
        if (scenario.origin != null) {
            System.setProperty("jdk.httpclient.allowRestrictedHeaders", "origin");
        }
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (scenario.origin != null) {
            builder.header("Origin", scenario.origin);
        }
        if (scenario.authorization != null) {
            builder.header("Authorization", scenario.authorization);
        }
        try {
            builder.buildAsync(URI.create(scenario.url), new HttpClientSocket(scenario)).join();
        } catch (CompletionException problem) {
            scenario.refused(problem.getCause());
        }
        Thread.currentThread().join();
    }
}
