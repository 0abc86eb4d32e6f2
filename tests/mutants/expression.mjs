// Faults in expressions. The conformance suite is not among the tests, as its cases are not part of the repository.
const folder = 'native/transformer/expression';

export default {
  test: 'transformer_test',
  filter: 'Expression.*:ExpressionPage.*:Decimal38.*',
  mutants: [
    {
      name: 'decimal rounds half up',
      means: 'sums of rounded amounts drift upwards, and differ from those of other systems',
      file: `${folder}/decimal38.cpp`,
      find: 'case Round::half_even: return against_half > 0 || (against_half == 0 && odd);',
      replace: 'case Round::half_even: return against_half > 0 || (against_half == 0 && (odd || !exact));',
    },
    {
      name: 'decimals below zero the wrong way round',
      means: '-100 counts as more than -1',
      file: `${folder}/decimal38.cpp`,
      find: 'if (a_top != b_top) return a_top < b_top ? -direction : direction;',
      replace: 'if (a_top != b_top) return a_top < b_top ? -1 : 1;',
    },
    {
      name: 'decimal exponent turned round',
      means: '1.5e-3 is read as 1500',
      file: `${folder}/decimal38.cpp`,
      find: 'scale -= *exponent;',
      replace: 'scale += *exponent;',
    },
    {
      name: 'integer overflow unchecked',
      means: 'the sum of two large ints is a negative one',
      file: `${folder}/arithmetic.hpp`,
      find: 'if (__builtin_add_overflow(a, b, &sum)) return run.fail(FaultCode::overflow);',
      replace: 'if (__builtin_add_overflow(a, b, &sum) && run.is_exhausted()) return run.fail(FaultCode::overflow);',
    },
    {
      name: 'uint below zero unchecked',
      means: '1u - 2u is eighteen quintillions',
      file: `${folder}/arithmetic.cpp`,
      find: 'if (a.natural < b.natural) return run.fail(FaultCode::overflow);',
      replace: '',
    },
    {
      name: 'smallest int divided by -1',
      means: 'a record with one special number ends the process',
      file: `${folder}/arithmetic.cpp`,
      find: `return run.fail(FaultCode::overflow);
    out = Datum::of(a.integer / b.integer);`,
      replace: `{
    }
    out = Datum::of(a.integer / b.integer);`,
    },
    {
      name: 'turns of a loop cost nothing',
      means: 'a nested loop over long lists stops the engine for minutes',
      file: `${folder}/machine.cpp`,
      find: 'run_.cost_left -= static_cast<int64_t>(i.c - at_ + 1);',
      replace: '',
    },
    {
      name: 'short circuit evaluates on',
      means: 'has(record.x) && record.x > 1 fails where there is no x',
      file: `${folder}/machine.cpp`,
      find: `a = b;
      at_ = target;
      return true;
    }
    a = Datum::failed(`,
      replace: `a = b;
      return target != 0;
    }
    a = Datum::failed(`,
    },
    {
      name: 'at least is more than',
      means: 'record.Amount >= 100 leaves out those of exactly 100',
      file: `${folder}/machine.cpp`,
      find: 'case Op::at_least: return compare<Order::greater, Order::equal>(b(), c(), out);',
      replace: 'case Op::at_least: return compare<Order::greater, Order::greater>(b(), c(), out);',
    },
    {
      name: 'typed at least is more than',
      means: 'size(record.Name) >= 3 leaves out names of 3 characters',
      file: `${folder}/emitter.cpp`,
      find: '{Operator::at_least, Op::at_most_integers, Op::at_most_doubles, std::nullopt},',
      replace: '{Operator::at_least, Op::less_integers, Op::at_most_doubles, std::nullopt},',
    },
    {
      name: 'one of many is one',
      means: 'exists_one holds for a list with two of them',
      file: `${folder}/machine.cpp`,
      find: 'case Op::is_one: out = Datum::of(a.integer == 1); return true;',
      replace: 'case Op::is_one: out = Datum::of(a.integer >= 1); return true;',
    },
    {
      name: 'branch believes the other has loaded',
      means: 'a field that both branches of a condition read is empty in the second one',
      file: `${folder}/emitter.cpp`,
      find: `loaded_ = before;
    land(branch);`,
      replace: 'land(branch);',
    },
    {
      name: 'index one too far',
      means: 'the element behind the last one is whatever lies in memory there',
      file: `${folder}/access.cpp`,
      find: 'if (!at || *at >= container.size)',
      replace: 'if (!at || *at > container.size)',
    },
    {
      name: 'JSON name that comes twice',
      means: 'of two members with one name the first holds, unlike everywhere else in the engine',
      file: `${folder}/cell.cpp`,
      find: '*const_cast<Datum*>(known) = value;  // in the map that is being made',
      replace: 'static_cast<void>(known);',
    },
    {
      name: 'month off by one',
      means: 'getMonth() says 1 for January, where CEL counts from 0',
      file: `${folder}/time_calls.cpp`,
      find: 'int64_t month(const Moment& moment) { return moment.month - 1; }',
      replace: 'int64_t month(const Moment& moment) { return moment.month; }',
    },
    {
      name: 'weekday before 1970',
      means: 'getDayOfWeek() of a date of birth is a day late',
      file: `${folder}/time_calls.cpp`,
      find: 'seconds / kDaySeconds - (seconds % kDaySeconds < 0 ? 1 : 0);',
      replace: 'seconds / kDaySeconds;',
    },
    {
      name: 'fraction before 1970',
      means: 'a timestamp before 1970 with parts of a second is a second late after a duration was added',
      file: `${folder}/time.cpp`,
      find: 'if (rest < 0) rest += kNanosPerSecond, --seconds;',
      replace: 'if (rest < 0) rest += kNanosPerSecond;',
    },
    {
      name: 'substring from behind',
      means: 'substring(2, 1) ends the process',
      file: `${folder}/text_calls.cpp`,
      find: 'if (!from || !to || *from > *to) return',
      replace: 'if (!from || !to) return',
    },
  ],
};
