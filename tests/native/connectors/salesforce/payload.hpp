// Payload files of this connector's tests.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace nexpo::salesforce {

inline std::string payload(const std::string& name) {
  std::ifstream file(std::string(FIXTURES) + "/salesforce/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no payload file " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace nexpo::salesforce
