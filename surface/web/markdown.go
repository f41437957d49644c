package web

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// scribe reads GitHub's Markdown. Raw HTML in the text is left out, and links
// of dangerous schemes lose their target.
var scribe = goldmark.New(goldmark.WithExtensions(extension.GFM))

// markdown shows a text that people or workflows wrote.
func markdown(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var out bytes.Buffer
		if err := scribe.Convert([]byte(text), &out); err != nil {
			return err
		}
		_, err := w.Write(out.Bytes())
		return err
	})
}
