// alloy-stages runs log lines through the stages of an Alloy configuration: Alloy's own parser and its own stages.
//
//	alloy-stages CONFIG COMPONENT < ENTRIES > ENTRIES
//
// An entry is a line of JSON with `line`, and `labels`; what comes out has `metadata` and `time` as well.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/go-kit/log"
	"github.com/grafana/alloy/internal/component/common/loki"
	"github.com/grafana/alloy/internal/component/loki/process/stages"
	"github.com/grafana/alloy/internal/featuregate"
	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/parser"
	"github.com/grafana/alloy/syntax/vm"
	"github.com/grafana/loki/v3/pkg/logproto"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
)

type entry struct {
	Line     string            `json:"line"`
	Labels   map[string]string `json:"labels"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Time     *time.Time        `json:"time,omitempty"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path, component string) error {
	configured, err := stagesOf(path, component)
	if err != nil {
		return err
	}
	job := component
	pipeline, err := stages.NewPipeline(log.NewNopLogger(), configured, &job, prometheus.NewRegistry(), featuregate.StabilityGenerallyAvailable)
	if err != nil {
		return err
	}
	out := make(chan loki.Entry)
	done := make(chan error)
	go func() {
		encoder := json.NewEncoder(os.Stdout)
		for e := range out {
			if err := encoder.Encode(written(e)); err != nil {
				done <- err
			}
		}
		done <- nil
	}()
	handler := pipeline.Wrap(loki.NewEntryHandler(out, func() {}))
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return err
		}
		labels := model.LabelSet{}
		for name, value := range e.Labels {
			labels[model.LabelName(name)] = model.LabelValue(value)
		}
		handler.Chan() <- loki.Entry{Labels: labels, Entry: logproto.Entry{Line: e.Line, Timestamp: time.Unix(0, 0)}}
	}
	// It waits for its own stages alone.
	handler.Stop()
	close(out)
	return <-done
}

// stagesOf reads a whole configuration, so that what Alloy could not read is refused, and gives one component's stages.
func stagesOf(path, component string) ([]stages.StageConfig, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(path, text)
	if err != nil {
		return nil, err
	}
	for _, statement := range file.Body {
		block, ok := statement.(*ast.BlockStmt)
		if !ok || block.GetBlockName() != "loki.process" || block.Label != component {
			continue
		}
		var found struct {
			Stages []stages.StageConfig `alloy:"stage,enum,optional"`
		}
		var body ast.Body
		for _, inner := range block.Body {
			if _, isBlock := inner.(*ast.BlockStmt); isBlock {
				body = append(body, inner)
			}
		}
		err := vm.New(body).Evaluate(nil, &found)
		return found.Stages, err
	}
	return nil, fmt.Errorf("%s has no loki.process %q", path, component)
}

func written(e loki.Entry) entry {
	labels := map[string]string{}
	for name, value := range e.Labels {
		labels[string(name)] = string(value)
	}
	metadata := map[string]string{}
	for _, pair := range e.StructuredMetadata {
		metadata[pair.Name] = pair.Value
	}
	return entry{Line: e.Line, Labels: labels, Metadata: metadata, Time: &e.Timestamp}
}
