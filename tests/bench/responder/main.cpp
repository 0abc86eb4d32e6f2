// bench_responder: plays just enough of a Salesforce org for the benchmarks, from memory.
//
//   bench_responder --data FOLDER [--port N] [--threads N] [--records N] [--result-rows N] [--latency-ms N]
//                   [--connections N]
// Prints its URL. Control: GET /__stats; GET /__set?records=&generation=&step=&base=&verifyEvery=&forget=1; GET
// /__reset.
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "responder/http_server.hpp"
#include "responder/org.hpp"

namespace {

std::map<std::string, std::string> read_options(int count, char** words) {
  std::map<std::string, std::string> options = {
      {"--port", "0"},       {"--threads", "1"},     {"--records", "100000"}, {"--result-rows", "50000"},
      {"--latency-ms", "0"}, {"--connections", "0"}, {"--data", ""}};
  for (int i = 1; i + 1 < count; i += 2) {
    const auto option = options.find(words[i]);
    if (option == options.end()) throw std::invalid_argument(std::string("unknown option ") + words[i]);
    option->second = words[i + 1];
  }
  if (options["--data"].empty()) throw std::invalid_argument("--data is missing");
  return options;
}

}  // namespace

int main(int count, char** words) {
  try {
    auto options = read_options(count, words);
    bench::OrgOptions org_options;
    org_options.data = options["--data"];
    org_options.records = std::stoul(options["--records"]);
    org_options.result_rows = std::stoul(options["--result-rows"]);
    org_options.latency = std::chrono::milliseconds(std::stoi(options["--latency-ms"]));
    bench::Org org(std::move(org_options));
    const bench::ServerOptions server_options = {std::stoi(options["--port"]), std::stoi(options["--threads"]),
                                                 std::stoi(options["--connections"])};
    bench::HttpServer* running = nullptr;
    bench::HttpServer server(server_options,
                             [&](const bench::Request& request) { return org.answer(request, *running); });
    running = &server;
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
    org.set_address(url);
    std::cout << url << std::endl;
    server.run();
  } catch (const std::exception& error) {
    std::cerr << "bench_responder: " << error.what() << std::endl;
    return EXIT_FAILURE;
  }
}
