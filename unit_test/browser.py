"""A headless Chromium without a network, driven by the Chrome DevTools Protocol over two pipes.

https://chromedevtools.github.io/devtools-protocol/ . Knows no page.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess

from unit_test import outside

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
    *("--disable-dev-shm-usage", "--disable-background-networking", "--remote-debugging-pipe"),
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


class Browser:
    """One page of one browser, and all that it complained about or asked for."""

    def __init__(self, folder):
        program = shutil.which("chromium") or outside.give_up("needs Chromium: chromium on PATH")
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # The protocol's pipes are the file descriptors 3 and 4.
        script = f'exec "$@" 3<&{commands} 4>&{answers}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", program, *FLAGS, f"--user-data-dir={folder}"],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._buffer = b""
        self._number = 0
        self._session = {}
        self.complaints = []
        self.requests = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def ask(self, method, **params):
        """Send one command and return its result."""
        self._number += 1
        command = {"id": self._number, "method": method, "params": params, **self._session}
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._message()
            self._note(message)
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]

    def _message(self):
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], outside.PATIENCE)
            assert ready, f"no answer of the browser in {outside.PATIENCE} seconds"
            self._buffer += os.read(self._answers, 1 << 20)
        whole, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(whole)

    def _note(self, message):
        params = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown" | "Log.entryAdded" | "Runtime.consoleAPICalled":
                self.complaints.append(params)
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])

    def look(self, width, height, *, scheme="light", touch=False):
        """Be a screen of this size and taste."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        features.append({"name": "prefers-reduced-motion", "value": "reduce"})
        self.ask("Emulation.setEmulatedMedia", features=features)

    def open(self, url):
        """Go to a page, and wait until its program has run."""
        self.ask("Page.navigate", url=url)
        outside.eventually(lambda: self.run("document.readyState") == "complete")

    def run(self, expression):
        """Evaluate an expression in the page."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def press(self, key, **more):
        """Press a key where the focus is."""
        text = {"text": key} if len(key) == 1 else {}
        text |= {"text": "\r"} if key == "Enter" else {}
        self.ask(
            "Input.dispatchKeyEvent", type="keyDown", key=key, **CODES.get(key, {}), **text, **more
        )
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, **CODES.get(key, {}), **more)

    def type(self, text):
        """Type text where the focus is."""
        self.ask("Input.insertText", text=text)

    def click(self, x, y):
        """Click with a mouse."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def screenshot(self):
        """Return the picture as base64 text."""
        return self.ask("Page.captureScreenshot")["data"]

    def close(self):
        os.close(self._commands)
        os.close(self._answers)
        self._process.terminate()
        self._process.wait()


CODES = {"Enter": {"windowsVirtualKeyCode": 13}, "Tab": {"windowsVirtualKeyCode": 9}}
