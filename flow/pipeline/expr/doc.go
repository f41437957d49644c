// Package expr evaluates the expressions of GitHub's workflow files:
// what stands between ${{ and }}, and the value of an if key.
//
// [Parse] checks the form, [Expr.Eval] gives a [Value]. Values are nil, bool,
// float64, string, lists ([]any) and objects ([Object], or what fromJSON
// gave). Comparison, truth and conversion are GitHub's own, which are neither
// Go's nor quite JavaScript's; the language's public test cases are run
// against this package. A [Template] is a text with expressions in it.
//
// Everything is bounded: length and depth of an expression, and the size of
// what a function makes.
package expr
