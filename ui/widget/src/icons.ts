/** The drawings, each one path on a square of 24. */
export const ICONS = {
  like: "M12 20C3 13 3 10 3 8.5a4.5 4.5 0 0 1 9-1 4.5 4.5 0 0 1 9 1C21 10 21 13 12 20z",
  dislike: "M3 12a9 9 0 0 0 18 0 9 9 0 0 0-18 0M6 6l12 12",
  seen: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM9 12a3 3 0 0 0 6 0 3 3 0 0 0-6 0",
  save: "M6 3.5h12V21l-6-4.5L6 21z",
  compare: "M7 8h13l-4-4M17 16H4l4 4",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  stop: "M7 7h10v10H7z",
  close: "M6 6l12 12M18 6L6 18",
  over: "M4 5v5h5M4.5 10a8 8 0 1 1-.3 4",
  taste: "M4 8h16M4 16h16M15 5v6M9 13v6",
  undo: "M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3",
};
