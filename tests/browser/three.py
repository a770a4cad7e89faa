"""Read a glTF file with three.js, in Chromium; nothing leaves the machine."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

PAGE = """<script type="importmap">{"imports": {"three": "/three/build/three.module.js"}}</script>
<body style="margin: 0"><script type="module">
import * as THREE from "three";
import { GLTFLoader } from "/three/examples/jsm/loaders/GLTFLoader.js";
const renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
renderer.setSize(900, 600);
document.body.append(renderer.domElement);
const scene = new THREE.Scene(), camera = new THREE.PerspectiveCamera(40, 1.5, 0.1, 50);
scene.background = new THREE.Color(0xffffff);
const light = new THREE.DirectionalLight(0xffffff, 2);
light.position.set(1, 2, 3);
scene.add(new THREE.HemisphereLight(0xffffff, 0x888888, 2), light, new THREE.GridHelper(4, 8));
const file = await new GLTFLoader().loadAsync("/file.glb"), mixer = new THREE.AnimationMixer(file.scene);
scene.add(file.scene);
const action = mixer.clipAction(file.animations[0]);
action.setLoop(THREE.LoopOnce).clampWhenFinished = true;
action.play();
window.places = (names, times) => times.map((time) => {
  action.reset();
  mixer.setTime(time);
  file.scene.updateMatrixWorld(true);
  const look = file.scene.getObjectByName("Hips").getWorldPosition(new THREE.Vector3());
  camera.position.set(look.x + 1, 1.3, look.z + 3);
  camera.lookAt(look.x, 0.9, look.z);
  renderer.render(scene, camera);
  return names.map((name) => file.scene.getObjectByName(name).getWorldPosition(new THREE.Vector3()).toArray());
});
window.ready = true;
</script>"""


def places(browser, three: Path, glb: Path, names: Iterable[str], times: Sequence[float], picture: Path | None = None):
    """Give where the nodes of some names are at some times, in seconds: (times, names, 3), metres, +y up.

    three: the folder that npm installs three.js to. picture: a .png to draw the last time to.
    """

    def answer(route):
        asked = route.request.url.partition("://page")[2]
        if asked == "/":
            return route.fulfill(body=PAGE, content_type="text/html")
        file = glb if asked == "/file.glb" else three / asked.removeprefix("/three/")
        kind = "text/javascript" if file.suffix == ".js" else "application/octet-stream"
        return route.fulfill(body=file.read_bytes(), content_type=kind) if file.is_file() else route.fulfill(status=404)

    page = browser.new_page(viewport={"width": 900, "height": 600})
    page.set_default_timeout(300_000)
    page.route("http://page/**", answer)
    page.goto("http://page/")
    page.wait_for_function("window.ready")
    found = page.evaluate("([names, times]) => window.places(names, times)", [list(names), list(times)])
    if picture is not None:
        page.screenshot(path=picture)
    page.close()
    return np.array(found)
