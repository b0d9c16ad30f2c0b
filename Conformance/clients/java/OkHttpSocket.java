// SPDX-License-Identifier: MIT

import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;

/** OkHttp. Its readTimeout, 10 s by default, counts for the handshake alone. */
class OkHttpSocket extends WebSocketListener {
    private final Scenario scenario;
    private boolean isOpen;

    OkHttpSocket(Scenario scenario) {
        this.scenario = scenario;
    }

    private void act(WebSocket socket, Object answer) {
        if (answer == Scenario.CLOSE) {
            socket.close(1000, null);
        } else if (answer instanceof String) {
            socket.send((String) answer);
        } else if (answer != null) {
            socket.send(ByteString.of((byte[]) answer));
        }
    }

    @Override public void onOpen(WebSocket socket, Response response) {
        isOpen = true;
        act(socket, scenario.opened());
    }

    @Override public void onMessage(WebSocket socket, String text) {
        act(socket, scenario.received(text));
    }

    @Override public void onMessage(WebSocket socket, ByteString bytes) {
        act(socket, scenario.received(bytes.toByteArray()));
    }

    @Override public void onClosing(WebSocket socket, int code, String reason) {
        socket.close(1000, null);
    }

    @Override public void onClosed(WebSocket socket, int code, String reason) {
        scenario.closed(code, reason);
    }

    @Override public void onFailure(WebSocket socket, Throwable problem, Response response) {
        if (isOpen) {
            scenario.closed(null, problem);
        } else {
            scenario.refused(problem);
        }
    }

    public static void main(String[] arguments) {
        Scenario scenario = new Scenario(arguments);
        Request.Builder request = new Request.Builder().url(scenario.url);
        if (scenario.origin != null) {
            request.header("Origin", scenario.origin);
        }
        if (scenario.authorization != null) {
            request.header("Authorization", scenario.authorization);
        }
        new OkHttpClient().newWebSocket(request.build(), new OkHttpSocket(scenario));
    }
}
