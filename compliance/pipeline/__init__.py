"""From what comes in to what is written: plan, observe, match, judge, run."""
