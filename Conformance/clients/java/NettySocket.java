// SPDX-License-Identifier: MIT

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;

/** Netty's WebSocketClientProtocolHandler, which keeps a Close from the program unless it is told not to, as here. */
class NettySocket extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final Scenario scenario;
    private boolean isOpen;

    NettySocket(Scenario scenario) {
        this.scenario = scenario;
    }

    private void act(ChannelHandlerContext context, Object answer) {
        if (answer == Scenario.CLOSE) {
            context.writeAndFlush(new CloseWebSocketFrame(1000, ""));
        } else if (answer instanceof String) {
            context.writeAndFlush(new TextWebSocketFrame((String) answer));
        } else if (answer != null) {
            context.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer((byte[]) answer)));
        }
    }

    @Override public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            isOpen = true;
            act(context, scenario.opened());
        }
    }

    @Override protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (frame instanceof CloseWebSocketFrame) {
            CloseWebSocketFrame close = (CloseWebSocketFrame) frame;
            int code = close.statusCode();
            String reason = close.reasonText();
            context.writeAndFlush(close.retain()).addListener(done -> scenario.closed(code, reason));
        } else if (frame instanceof TextWebSocketFrame) {
            act(context, scenario.received(((TextWebSocketFrame) frame).text()));
        } else if (frame instanceof BinaryWebSocketFrame) {
            act(context, scenario.received(ByteBufUtil.getBytes(frame.content())));
        }
    }

    @Override public void channelInactive(ChannelHandlerContext context) {
        if (isOpen) {
            scenario.closed(null, "channelInactive");
        }
    }

    @Override public void exceptionCaught(ChannelHandlerContext context, Throwable problem) {
        if (isOpen) {
            scenario.closed(null, problem);
        } else {
            scenario.refused(problem);
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        Scenario scenario = new Scenario(arguments);
        URI url = URI.create(scenario.url);
        HttpHeaders headers = new DefaultHttpHeaders();
        if (scenario.origin != null) {
            headers.set("Origin", scenario.origin);
        }
        if (scenario.authorization != null) {
            headers.set("Authorization", scenario.authorization);
        }
        Bootstrap bootstrap = new Bootstrap().group(new NioEventLoopGroup(1)).channel(NioSocketChannel.class).handler(
            new ChannelInitializer<SocketChannel>() {
                @Override protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(8192),
                        new WebSocketClientProtocolHandler(WebSocketClientHandshakerFactory.newHandshaker(
                            url, WebSocketVersion.V13, null, false, headers), false),
                        new NettySocket(scenario));
                }
            });
        try {
            String host = url.getHost().replaceAll("[\\[\\]]", "");
            bootstrap.connect(host, url.getPort()).sync().channel().closeFuture().sync();
        } catch (Exception problem) {
            scenario.refused(problem);
        }
    }
}
