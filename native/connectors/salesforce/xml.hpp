// The little XML that is left in Salesforce's answers: SOAP login and some error bodies.
#pragma once

#include <string>
#include <string_view>

namespace nexpo::salesforce {

/// Text of the first element called `tag`, whatever its namespace prefix, with the five named entities
/// resolved. "" if there is none. Not a parser: for flat values in known documents.
std::string xml_text(std::string_view document, std::string_view tag);

/// `text` for use inside an element.
std::string xml_escape(std::string_view text);

}  // namespace nexpo::salesforce
