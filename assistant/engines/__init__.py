"""Where the language model runs: any OpenAI-compatible address, llama.cpp or vLLM as a child process."""
