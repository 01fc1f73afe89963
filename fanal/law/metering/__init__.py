"""Whether a reading is believable, and how use is estimated where there is none."""
