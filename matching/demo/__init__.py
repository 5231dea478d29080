"""The invented people and companies of the demo, drawn from real counts; it stands on the highest floor, for it uses all others."""
