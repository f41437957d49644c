package measure

import "testing"

func TestWhichEnvironmentsAreProduction(t *testing.T) {
	for name, want := range map[string]bool{
		"production": true, "Production": true, "PROD": true, "live": true, "Production – web": true, "production - web": true, "prod/eu-west-1": true,
		"Shopfront": true, "shopfront ": true, "production_2": true,
		"": false, "staging": false, "pre-production": false, "production-like": false, "prod-test": false, "livestream": false, "productions": false,
		"Preview – production": false, "github-pages": false,
	} {
		if got := inProduction(name, "shopfront"); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if inProduction("", "") {
		t.Error("no environment is production")
	}
}
