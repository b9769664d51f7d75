// The page in a frame is the widget, opened.
const call = ["open"];
if (window.Tastemaker) window.Tastemaker(...call);
else (window.Tastemaker = (...later) => window.Tastemaker.q.push(later)).q = [call];
