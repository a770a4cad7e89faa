"""A real JupyterLab and a real Chromium, for the browser tests and the benchmark; nothing leaves the machine."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SCREENSHOTS = Path(__file__).parents[2] / "screenshots"
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
         "--no-first-run"]  # fmt: skip


def find_chromium() -> str | None:
    """The path of a Chromium: $VVIPE_CHROMIUM, or what is installed."""
    named = os.environ.get("VVIPE_CHROMIUM")
    found = [named] if named else [shutil.which(n) for n in ("chromium", "chromium-browser", "google-chrome")]
    return next((path for path in found if path and Path(path).exists()), None)


@contextlib.contextmanager
def chromium():
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


def listen(page) -> list[str]:
    """Collect a page's console errors and uncaught exceptions."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


class Lab:
    """A JupyterLab server in a folder; url and token belong to it alone."""

    def __init__(self, folder: Path):
        self.folder, self.token = folder, secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
                  "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}  # fmt: skip
        hidden = folder / "jupyter"
        environment = {**os.environ, **{name: str(hidden / part) for name, part in places.items()}}
        options = {
            "ServerApp.ip": "127.0.0.1", "ServerApp.port": self.port, "ServerApp.port_retries": 0,
            "ServerApp.root_dir": folder, "IdentityProvider.token": self.token, "ServerApp.allow_root": True,
            "LabApp.expose_app_in_browser": True, "LabApp.extension_manager": "readonly",
        }  # fmt: skip
        (hidden / "runtime").mkdir(parents=True)
        quiet = hidden / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        quiet.parent.mkdir(parents=True)
        quiet.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
        self.log = open(hidden / "server.log", "w")  # noqa: SIM115
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", *(f"--{k}={v}" for k, v in options.items())]
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=self.log, stderr=subprocess.STDOUT
        )

    def ask(self, path: str, method: str = "GET"):
        """Ask the server's own interface, and give what it answers."""
        request = urllib.request.Request(f"{self.url}/{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")

    def wait(self, seconds: float = 60) -> None:
        """Wait until the server answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.ask("api/status")
            except OSError:
                if time.monotonic() > end or self.process.poll() is not None:
                    text = (self.folder / "jupyter" / "server.log").read_text()
                    raise RuntimeError(f"JupyterLab did not start:\n{text[-2000:]}") from None
                time.sleep(0.2)

    def kernel(self):
        """A client of the one kernel that runs."""
        from jupyter_client import BlockingKernelClient

        (running,) = self.ask("api/kernels")
        file = self.folder / "jupyter" / "runtime" / f"kernel-{running['id']}.json"
        client = BlockingKernelClient(connection_file=str(file))
        client.load_connection_file()
        client.start_channels()
        return client

    def close(self) -> None:
        """Stop the kernels and the server."""
        with contextlib.suppress(OSError):
            for running in self.ask("api/kernels"):
                self.ask(f"api/kernels/{running['id']}", "DELETE")
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


@contextlib.contextmanager
def jupyterlab(folder: Path):
    """A running JupyterLab, stopped when the block ends."""
    lab = Lab(Path(folder))
    try:
        lab.wait()
        yield lab
    finally:
        lab.close()


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells."""
    import nbformat  # takes three seconds, so not at the top: every test process imports this module

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def open_notebook(page, lab: Lab, name: str) -> None:
    """Open a notebook in the page and run all of it."""
    page.goto(f"{lab.url}/lab/tree/{name}?token={lab.token}&reset")
    page.wait_for_function("window.jupyterapp?.shell?.currentWidget?.context?.isReady", timeout=60_000)
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
    )
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")


def evaluate(client, expression: str, run: str = ""):
    """Run code in a kernel and give an expression's value (of plain Python data)."""
    import ast

    wrapped = {"value": expression}
    reply = client.execute(run, user_expressions=wrapped, reply=True, timeout=60)
    content = reply["content"]
    if content["status"] != "ok":
        raise RuntimeError(f"{content['ename']}: {content['evalue']}")
    value = content["user_expressions"]["value"]
    if value["status"] != "ok":
        raise RuntimeError(f"{value['ename']}: {value['evalue']}")
    return ast.literal_eval(value["data"]["text/plain"])


def settle(page) -> None:
    """Wait until two frames have been drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
