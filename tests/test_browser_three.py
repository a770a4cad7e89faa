"""What three.js makes of an exported figure: a reader that is not ours, where npm brought it."""

from pathlib import Path

import numpy as np
import pytest
from browser.lab import SCREENSHOTS
from browser.three import places

from vvipe_explore.lift.export import export
from vvipe_explore.lift.export.steady_skeleton import JOINT_OF, fit

THREE = Path(__file__).parents[1] / "js" / "node_modules" / "three"


def test_three_js_shows_each_joint_where_it_is(browser, synthetic, tmp_path):
    if not THREE.is_dir():
        pytest.skip("no three.js here: npm --prefix js install --no-save three")
    poses, fps = synthetic.poses[:12].astype(float), 25
    glb = export(tmp_path / "figure.glb", poses, fps)
    SCREENSHOTS.mkdir(exist_ok=True)
    times = np.arange(len(poses)) / fps
    found = places(browser, THREE, glb, JOINT_OF.values(), times.tolist(), SCREENSHOTS / "three.png")
    fitted = fit(poses, fps).bodies()
    assert np.abs(np.diff(fitted, axis=0)).max() > 0.01  # somebody who moves
    assert np.linalg.norm(found - fitted, axis=-1).max() < 0.001
