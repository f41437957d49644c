package access

// ServerFile is the file in the data folder that says where Andon answers.
const ServerFile = "server.json"

// Server is what the file holds; only its owner may read it.
type Server struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}
