"""Take the README's picture of the explorer: its page in Chromium, 1280 x 800, light.

    python tools/explorer_picture.py results/explorer.png       (needs Chromium; VVIPE_CHROMIUM names another one)
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright

import vvipe_explore as vv

FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"]


def main(path: str) -> None:
    model = vv.load_pretrained("exact")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = vv.explorer.PoseExplorer(model).save_html(Path(folder) / "explorer.html")
        chromium = os.environ.get("VVIPE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.locator("canvas").first.wait_for()
        chart, shown = page.locator("canvas.chart"), []
        for _ in range(20):  # the camera's curve comes while nothing moves; wait until it has come and is still
            shown.append(chart.evaluate("(c) => c.toDataURL()"))
            if len(set(shown)) > 1 and len(set(shown[-3:])) == 1:
                break
            page.wait_for_timeout(1500)
        page.screenshot(path=Path(folder) / "explorer.png", full_page=True)
        browser.close()
        about = PngInfo()
        about.add_text("weights", model.fingerprint())
        with Image.open(Path(folder) / "explorer.png") as picture:
            picture.convert("RGB").quantize(256, kmeans=3).save(path, pnginfo=about, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
