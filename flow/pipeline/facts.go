package pipeline

import (
	"andon/flow/pipeline/execute"
	"andon/journal"
	"net/url"
)

// outcome translates a conclusion into CDEvents' words.
func outcome(c execute.Conclusion) string {
	switch c {
	case execute.Success, execute.Skipped:
		return "success"
	case execute.Canceled:
		return "cancel"
	}
	return "failure"
}

func runFact(t journal.Type, r Run, text string) journal.Fact {
	f := journal.Fact{Type: t, Subject: r.ID, Text: text,
		Data: journal.JSON(RunEnded{Run: r.ID, Workflow: r.Workflow, SHA: r.SHA, Ord: r.Ord, Before: r.Before, Event: r.Event,
			Conclusion: r.Conclusion, Seconds: seconds(r), Text: r.Text}),
		About: []journal.Ref{{Kind: journal.Run, ID: r.ID}, {Kind: journal.Commit, ID: r.SHA}}}
	content := map[string]string{"pipelineName": r.Name, "uri": uri(r.ID)}
	switch t {
	case journal.PipelineRunEnded:
		content["outcome"] = outcome(r.Conclusion)
		if r.Conclusion != execute.Success {
			content["errors"] = r.Text
		}
		f.Content = journal.JSON(content)
	case journal.PipelineRunQueued, journal.PipelineRunStarted:
		f.Content = journal.JSON(content)
	}
	return f
}

// seconds is how long the run took, 0 before it has ended and when it never
// began.
func seconds(r Run) float64 {
	if r.StartedAt.IsZero() || r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Sub(r.StartedAt).Seconds()
}

func jobFact(t journal.Type, run Run, j execute.Job, text string) journal.Fact {
	content := map[string]any{"taskName": j.Name, "uri": uri(run.ID + "/" + j.ID),
		"pipelineRun": map[string]string{"id": run.ID}}
	if t == journal.TaskRunEnded {
		content["outcome"] = outcome(j.Conclusion)
		if j.Text != "" {
			content["errors"] = j.Text
		}
	}
	return journal.Fact{Type: t, Subject: run.ID + "/" + j.ID, Text: text, Content: journal.JSON(content),
		Data:  journal.JSON(map[string]any{"run": run.ID, "job": j.ID, "conclusion": j.Conclusion}),
		About: []journal.Ref{{Kind: journal.Run, ID: run.ID}, {Kind: journal.Commit, ID: run.SHA}}}
}

func artifactFact(source string, run Run, a execute.Artifact, text string) journal.Fact {
	return journal.Fact{Type: journal.ArtifactPackaged, Subject: "pkg:generic/" + a.Name + "@" + a.Digest, Text: text,
		Content: journal.JSON(map[string]any{"change": map[string]string{"id": run.SHA, "source": source}}),
		Data:    journal.JSON(map[string]any{"run": run.ID, "artifact": a}),
		About:   []journal.Ref{{Kind: journal.Run, ID: run.ID}, {Kind: journal.Commit, ID: run.SHA}}}
}

// uri names a run or a job for CDEvents, which asks for an absolute one: Andon
// does not know under which address others see its pages.
func uri(id string) string { return "urn:andon:run:" + url.PathEscape(id) }
