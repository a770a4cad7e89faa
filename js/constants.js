// What the browser shares with Python; made by tools/make_js.py, which is the place to change it.

export const JOINTS = [
  "nose",
  "left_shoulder",
  "right_shoulder",
  "left_elbow",
  "right_elbow",
  "left_wrist",
  "right_wrist",
  "left_hip",
  "right_hip",
  "left_knee",
  "right_knee",
  "left_ankle",
  "right_ankle",
];
export const JOINT = {
  "nose": 0,
  "left_shoulder": 1,
  "right_shoulder": 2,
  "left_elbow": 3,
  "right_elbow": 4,
  "left_wrist": 5,
  "right_wrist": 6,
  "left_hip": 7,
  "right_hip": 8,
  "left_knee": 9,
  "right_knee": 10,
  "left_ankle": 11,
  "right_ankle": 12,
};
export const SIDES = [
  "trunk",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
];
export const LIMBS = [
  [1, 3, "left"],
  [3, 5, "left"],
  [2, 4, "right"],
  [4, 6, "right"],
  [7, 9, "left"],
  [9, 11, "left"],
  [8, 10, "right"],
  [10, 12, "right"],
];
export const TRUNK = [[7, 8, "trunk"], [1, 2, "trunk"], [1, 7, "left"], [2, 8, "right"]];
export const FOCAL = 1145.0;
export const CENTRE = 500.0;
export const DOUBTFUL = 0.3;
export const UPPER_END = [0, 1, 2];
export const LOWER_END = [9, 10, 11, 12];
export const VIEW = {"azimuth": 28.0, "elevation": 9.0, "zoom": 1.0, "x": 0.0, "y": 0.0};
export const LEFT = "#0072B2";
export const RIGHT = "#D55E00";
