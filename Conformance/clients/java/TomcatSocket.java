// SPDX-License-Identifier: MIT

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import javax.websocket.ClientEndpointConfig;
import javax.websocket.CloseReason;
import javax.websocket.ContainerProvider;
import javax.websocket.Endpoint;
import javax.websocket.EndpointConfig;
import javax.websocket.MessageHandler;
import javax.websocket.Session;

/** Tomcat's client of javax.websocket (JSR 356), with its default buffers of 8,192. */
public class TomcatSocket extends Endpoint {
    private final Scenario scenario;

    TomcatSocket(Scenario scenario) {
        this.scenario = scenario;
    }

    private void act(Session session, Object answer) {
        try {
            if (answer == Scenario.CLOSE) {
                session.close();
            } else if (answer instanceof String) {
                session.getBasicRemote().sendText((String) answer);
            } else if (answer != null) {
                session.getBasicRemote().sendBinary(ByteBuffer.wrap((byte[]) answer));
            }
        } catch (IOException problem) {
            scenario.closed(null, problem);
        }
    }

    @Override public void onOpen(Session session, EndpointConfig configuration) {
        session.addMessageHandler(new MessageHandler.Whole<String>() {
            @Override public void onMessage(String text) {
                act(session, scenario.received(text));
            }
        });
        session.addMessageHandler(new MessageHandler.Whole<byte[]>() {
            @Override public void onMessage(byte[] bytes) {
                act(session, scenario.received(bytes));
            }
        });
        act(session, scenario.opened());
    }

    @Override public void onClose(Session session, CloseReason reason) {
        // The program may end only when the answer to a Close has been sent, which happens after this call.
        Scenario.say("closed", reason.getCloseCode().getCode(), reason.getReasonPhrase());
        new Thread(() -> {
            try {
                Thread.sleep(300);
            } catch (InterruptedException problem) {
                Thread.currentThread().interrupt();
            }
            System.exit(0);
        }).start();
    }

    public static void main(String[] arguments) throws InterruptedException {
        Scenario scenario = new Scenario(arguments);
        ClientEndpointConfig configuration = ClientEndpointConfig.Builder.create().configurator(
            new ClientEndpointConfig.Configurator() {
                @Override public void beforeRequest(Map<String, List<String>> headers) {
                    if (scenario.origin != null) {
                        headers.put("Origin", List.of(scenario.origin));
                    }
                    if (scenario.authorization != null) {
                        headers.put("Authorization", List.of(scenario.authorization));
                    }
                }
            }).build();
        try {
            ContainerProvider.getWebSocketContainer().connectToServer(
                new TomcatSocket(scenario), configuration, URI.create(scenario.url));
        } catch (Exception problem) {
            scenario.refused(problem);
        }
        Thread.currentThread().join();
    }
}
