// Package mcp lets agents work on the floor: the Model Context Protocol
// (https://modelcontextprotocol.io) over the same service that people use.
//
// An agent pulls work as a person does, under the same limits. When there is
// no room the refusal says what most needs help instead, so that one more
// agent helps to finish and does not start one more thing. A refusal is an
// answer and no failure: the tool's result says so, in words and as data.
package mcp
