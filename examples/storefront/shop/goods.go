package shop

// Goods is what the shop sells.
func Goods() []Product {
	return []Product{
		{"espresso", "Espresso beans", "Dark roast from Sidamo, 500 g", 1450},
		{"filter", "Filter coffee", "Light roast from Huila, 500 g", 1590},
		{"mug", "Enamel mug", "Holds 350 ml and survives a fall", 1200},
		{"grinder", "Hand grinder", "Steel burrs, 30 settings", 8900},
		{"kettle", "Gooseneck kettle", "One litre, pours where you aim", 6450},
		{"scale", "Kitchen scale", "To a tenth of a gram", 2990},
	}
}
