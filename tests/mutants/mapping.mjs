// Faults in mappings, their functions and the rules that mapped values have to keep.
const folder = 'native/transformer';

export default {
  test: 'transformer_test',
  filter: '*-Expression*:Conformance.*:Decimal38.*',
  mutants: [
    {
      name: 'number rounds half up',
      means: '2.5 becomes 3 though the mapping says half_even',
      file: `${folder}/decimal.cpp`,
      find: 'case Rounding::half_even: return against_half > 0 || (against_half == 0 && odd);',
      replace: 'case Rounding::half_even: return against_half > 0 || (against_half == 0 && (odd || anything));',
    },
    {
      name: 'tie decided by one digit',
      means: '2.51 is rounded as if it were 2.5',
      file: `${folder}/decimal.cpp`,
      find: "const bool more = first == '5' && std::any_of(cut_begin + 1, cut_end, is_not_zero);",
      replace: "const bool more = first == '5' && cut_begin == cut_end;",
    },
    {
      name: 'required before the default',
      means: 'a record without the value is rejected though the mapping has a default for it',
      file: `${folder}/page_mapper.cpp`,
      find: `if (!cell.present() && field.fallback) cell = *field.fallback;
  if (!cell.present() && field.required) return refuse_missing(row, field, cell);`,
      replace: `if (!cell.present() && field.required) return refuse_missing(row, field, cell);
  if (!cell.present() && field.fallback) cell = *field.fallback;`,
    },
    {
      name: 'keep keeps half a chain',
      means: 'with onError keep a half transformed value is written',
      file: `${folder}/page_mapper.cpp`,
      find: 'case OnError::keep: cell = context_.source[field.slot]; break;',
      replace: 'case OnError::keep: break;',
    },
    {
      name: 'required forgotten after onError',
      means: 'a required field is written empty when its value could not be transformed',
      file: `${folder}/page_mapper.cpp`,
      find: 'return cell.present() || !field.required ? Way::done',
      replace: 'return cell.present() || !field.required || field.on_error == OnError::null ? Way::done',
    },
    {
      name: 'deletion of an unreadable record lost',
      means: 'a record that was deleted stays in the target because its values could not be read',
      file: `${folder}/page_mapper.cpp`,
      find: 'if (source_.head(row).op == RecordOp::remove) return false;',
      replace: '',
    },
    {
      name: 'personal value in a message',
      means: 'a name that is marked as personal stands in the list of rejected records and in logs',
      file: `${folder}/page_mapper.cpp`,
      find: 'const std::string shown = excerpt_of(before, field.personal);',
      replace: 'const std::string shown = excerpt_of(before, false);',
    },
    {
      name: 'personal value in the message of a rule',
      means: 'a number that is marked as personal stands in the list of rejected records and in logs',
      file: `${folder}/validation/page_validator.cpp`,
      find: 'excerpt_of(std::as_const(mapped_.records).row(row)[index], field.personal);',
      replace: 'excerpt_of(std::as_const(mapped_.records).row(row)[index], false);',
    },
    {
      name: 'rejected record takes a unique value',
      means: 'a good record is rejected because a rejected one had its number before',
      file: `${folder}/validation/page_validator.cpp`,
      find: `    if (refused_[row]) continue;
    for (Column& column : columns)`,
      replace: '    for (Column& column : columns)',
    },
    {
      name: 'wrong record rejected',
      means: 'the list of rejected records names another record than the one that is wrong',
      file: `${folder}/validation/page_validator.cpp`,
      find: 'reason.row = mapped_.source_row[row];',
      replace: 'reason.row = row;',
    },
    {
      name: 'rule that fails holds',
      means: 'a record passes a check because the check could not be computed for it',
      file: `${folder}/validation/page_validator.cpp`,
      find: 'if (count(rule.head, known && holds.is(ValueKind::boolean) && holds.view() == "true")) continue;',
      replace: 'if (count(rule.head, !known || (holds.is(ValueKind::boolean) && holds.view() == "true"))) continue;',
    },
    {
      name: 'range without its edge',
      means: 'a discount of exactly 0 is rejected by a range that begins at 0',
      file: `${folder}/validation/limit_rules.cpp`,
      find: 'given.compare(*rule.min) >= 0',
      replace: 'given.compare(*rule.min) > 0',
    },
    {
      name: 'range ignores the zone',
      means: 'a time in another zone is let in hours too early',
      file: `${folder}/validation/limit_rules.cpp`,
      find: 'a.wall_seconds() - a.offset, b_seconds = b.wall_seconds() - b.offset;',
      replace: 'a.wall_seconds(), b_seconds = b.wall_seconds();',
    },
    {
      name: 'short text not masked',
      means: 'a card number of 4 digits stays readable though its first and last 2 alone may be shown',
      file: `${folder}/functions/mask.cpp`,
      find: 'rule.first + rule.last < count;',
      replace: 'rule.first + rule.last <= count;',
    },
    {
      name: 'milliseconds before 1970',
      means: 'a date of birth from an epoch number is a second late, with a wild fraction',
      file: `${folder}/functions/date.cpp`,
      find: 'const int64_t seconds = count / units - (count % units < 0 ? 1 : 0);',
      replace: 'const int64_t seconds = count / units;',
    },
    {
      name: 'month without an end',
      means: '31 January and one month is rejected, or is in March',
      file: `${folder}/date_change.cpp`,
      find: 'moment.day = std::min(moment.day, static_cast<int>(static_cast<unsigned>(last.day())));',
      replace: 'moment.day = std::min(moment.day, 31 + static_cast<int>(static_cast<unsigned>(last.day())));',
    },
    {
      name: 'hour that comes twice',
      means: 'a wall clock time in the night when clocks are put back is an hour late',
      file: `${folder}/zone.cpp`,
      find: 'zone_->get_info(seconds).first.offset.count()',
      replace: 'zone_->get_info(seconds).second.offset.count()',
    },
    {
      name: 'last group of two digits',
      means: 'the price 1,50 of a careless writer is read as 150 in Hindi',
      file: `${folder}/number_locale.cpp`,
      find: 'if (kind != 0 && digits != kGroupDigits) return false;',
      replace: '',
    },
  ],
};
