package web

// shortcut is one line of the list of keys.
type shortcut struct {
	Keys []string
	Does string
}

// keyList is what keys do; those after the first five are for the card that
// has the focus, or for all that are selected.
var keyList = []shortcut{
	{[]string{"/", "Ctrl K"}, "Find a card or a page, or do something"},
	{[]string{"f"}, "Filter the floor"},
	{[]string{"n"}, "New card"},
	{[]string{"p"}, "Pull the focused card, or the next one"},
	{[]string{"u", "Ctrl Z"}, "Undo the last thing you did to cards"},
	{[]string{"←", "↑", "↓", "→"}, "Go from card to card"},
	{[]string{"j", "k"}, "Next and previous card of a stand-up"},
	{[]string{"Enter"}, "Open the card"},
	{[]string{"Shift ←", "→", "↑", "↓"}, "Move the card"},
	{[]string{"m"}, "Where to move it, and what else can be done"},
	{[]string{"b"}, "Block it, or let it go on"},
	{[]string{"d"}, "Its work here is done, or is not after all"},
	{[]string{"a"}, "Assign it"},
	{[]string{"l"}, "Put a label on it, or take one off"},
	{[]string{"c"}, "Comment on the card of the page"},
	{[]string{"x"}, "Select it; Shift and a click select a range"},
	{[]string{"Esc"}, "Select nothing"},
	{[]string{"?"}, "This list"},
}
