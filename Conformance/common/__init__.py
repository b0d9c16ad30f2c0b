# SPDX-License-Identifier: MIT
"""What every suite needs: programs with their ports and resources, and a WebSocket client that knows nothing of the
server's code. Standard library only. A suite beside this folder says

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from common.program import Program
    from common.websocket import WebSocket
"""
