export default {
  "safety.title": "Before you meet a stranger",
  "safety.age": "You are <b>18 or older</b>. So is everybody else you meet here.",
  "safety.private": "Keep to yourself who you are, where you live, and what you would not show in the street.",
  "safety.leave": "You can leave, block or report anyone at any time. Nobody is told why.",
  "safety.kept": "Messages and files are forgotten within <b>24 hours</b>. What others copy, we cannot take back.",
  "safety.agree": "I'm 18 or older, let's go",
  "safety.not-now": "Not now",
} as const;
