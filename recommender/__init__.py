"""What a school could try, and why: pure functions over a profile and a catalogue, without IO or globals."""
