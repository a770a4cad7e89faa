"""What a detector says of one picture, whatever the detector."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class People:
    """The people in a picture: points (n, k, 2) in pixels, confidence (n, k), 0 = missing, and each one's number.

    number (n,): the same from picture to picture; None where the detector follows nobody.
    """

    points: np.ndarray
    confidence: np.ndarray
    number: np.ndarray | None = None

    def entries(self, picture: str) -> list[dict]:
        """Give the people as AlphaPose writes them; where nobody is found, an entry without keypoints.

        So frames keep their numbers.
        """
        rows = np.concatenate([self.points, self.confidence[..., None]], -1).round(3)
        found = []
        for i, row in enumerate(rows):
            score = float(self.confidence[i].mean().round(4))
            entry = {"image_id": picture, "category_id": 1, "keypoints": row.ravel().tolist(), "score": score}
            found.append(entry if self.number is None else entry | {"idx": int(self.number[i])})
        return found or [{"image_id": picture, "category_id": 1, "keypoints": [], "score": 0.0}]
