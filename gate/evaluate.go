package gate

import (
	"context"
	"fmt"

	"cel.dev/cel-go/cel"
)

// evaluate runs a program that must give a bool; no program is true.
func evaluate(ctx context.Context, p cel.Program, vars map[string]any) (bool, error) {
	if p == nil {
		return true, nil
	}
	out, _, err := p.ContextEval(ctx, vars)
	if err != nil {
		return false, err
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("the rule gave %v instead of true or false", out.Value())
	}
	return holds, nil
}
