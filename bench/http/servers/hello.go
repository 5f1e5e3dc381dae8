// Command hello is net/http's side of the shape hello: one JSON object, written as its users write it.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"
)

type greeting struct {
	Message string `json:"message"`
}

func main() {
	started := time.Now()
	http.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		body, err := json.Marshal(greeting{Message: "Hello, World!"})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("ready {\"buildMs\": %f}\n", float64(time.Since(started).Microseconds())/1000)
	fmt.Fprintln(os.Stderr, http.Serve(listener, nil))
	os.Exit(1)
}
